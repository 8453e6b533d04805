function (doc) {
  if (doc._id.indexOf('receipt:') === 0) {
    emit([doc.collector, doc.local_on, doc.created_at], null);
  }
}
