function (doc) {
  // the latest position of a collector, and when he or she last recorded anything
  var placed = {visit_start: 1, visit: 1, receipt: 1, location_update: 1, photo: 1};
  var recorded = {
    promise: 1, note: 1, receipt_void: 1, receipt_copy: 1, dispute: 1, informed_payment: 1, deposit: 1, cash_close: 1,
    planned_stop: 1, contact_attempt: 1, paper_copy: 1, consent: 1
  };
  var type = doc._id.split(':')[0];
  var position = null;
  if (type === 'track' && doc.positions && doc.positions.length > 0) {
    var last = doc.positions[doc.positions.length - 1];
    position = {at: last[0], lat: last[1], lon: last[2], accuracy: last[3]};
  } else if (placed[type] === 1) {
    if (doc.place) {
      position = {at: doc.created_at, lat: doc.place.lat, lon: doc.place.lon, accuracy: doc.place.accuracy};
    }
  } else if (recorded[type] !== 1) {
    return;
  }
  emit([doc.collector, doc.local_on], {fact_at: position && type === 'track' ? position.at : doc.created_at,
    position: position});
}
