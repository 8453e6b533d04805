function (doc) {
  if (doc._id.indexOf('posting:') === 0) {
    emit([doc.collector, doc.claimed_at || null], null);
  }
}
