function (doc) {
  if (doc._id.indexOf('visit:') === 0) {
    emit(doc.start, null);
  }
}
