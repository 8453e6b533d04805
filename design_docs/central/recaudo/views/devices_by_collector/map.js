function (doc) {
  if (doc._id.indexOf('device:') === 0) {
    emit([doc.collector, doc.enrolled_at], null);
  }
}
