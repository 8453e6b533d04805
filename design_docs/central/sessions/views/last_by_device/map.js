function (doc) {
  // a phone renews its token every quarter of an hour that it has a network
  if (doc._id.indexOf('refresh:') === 0 && doc.device) {
    emit(doc.device, doc.issued_at);
  }
}
