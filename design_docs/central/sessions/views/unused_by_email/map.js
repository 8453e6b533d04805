function (doc) {
  if (doc._id.indexOf('refresh:') === 0 && !doc.used_at) {
    emit(doc.email, null);
  }
}
