function (doc) {
  if (doc._id.indexOf('refresh:') === 0) {
    emit(doc.expires_at, null);
  }
}
