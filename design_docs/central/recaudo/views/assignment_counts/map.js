function (doc) {
  if (doc._id.indexOf('assignment:') === 0 && typeof doc.collector === 'string') {
    emit(doc.collector, null);
  }
}
