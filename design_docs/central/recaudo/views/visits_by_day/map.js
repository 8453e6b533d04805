function (doc) {
  // a visit stands beside its start, because both carry the start's ULID, which also orders them in time
  var type = doc._id.split(':')[0];
  if (type === 'visit_start') {
    emit([doc.local_on, doc._id.split(':')[2], 0], null);
  } else if (type === 'visit') {
    emit([doc.local_on, String(doc.start).split(':')[2] || doc._id.split(':')[2], 1], null);
  }
}
