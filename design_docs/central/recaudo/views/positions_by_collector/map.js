function (doc) {
  // the latest position of a collector, and when he or she last recorded anything
  var type = doc._id.split(':')[0];
  var position = null;
  if (type === 'track' && doc.positions && doc.positions.length > 0) {
    var last = doc.positions[doc.positions.length - 1];
    position = {at: last[0], lat: last[1], lon: last[2], accuracy: last[3]};
  } else if (type === 'visit_start' || type === 'visit' || type === 'receipt' || type === 'location_update') {
    if (doc.place) {
      position = {at: doc.created_at, lat: doc.place.lat, lon: doc.place.lon, accuracy: doc.place.accuracy};
    }
  } else if (type !== 'promise' && type !== 'note' && type !== 'receipt_void') {
    return;
  }
  emit([doc.collector, doc.local_on], {fact_at: position && type === 'track' ? position.at : doc.created_at,
    position: position});
}
