function (doc) {
  // a phone renews its token every quarter of an hour that it has a network, and says which app it is
  if (doc._id.indexOf('refresh:') === 0 && doc.device) {
    emit(doc.device, {at: doc.issued_at, app: doc.app || null});
  }
}
