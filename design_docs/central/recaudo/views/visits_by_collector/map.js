function (doc) {
  // as visits_by_day, under each collector
  var type = doc._id.split(':')[0];
  if (type === 'visit_start') {
    emit([doc.collector, doc.local_on, doc._id.split(':')[2], 0], null);
  } else if (type === 'visit') {
    emit([doc.collector, doc.local_on, String(doc.start).split(':')[2] || doc._id.split(':')[2], 1], null);
  }
}
