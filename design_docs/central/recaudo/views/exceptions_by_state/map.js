function (doc) {
  if (doc._id.indexOf('exception:') === 0) {
    emit([doc.state, doc.raised_at], null);
  }
}
