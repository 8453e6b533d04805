function (doc) {
  // what was photographed of a visit, a position or a deposit
  if (doc._id.indexOf('photo:') === 0 && typeof doc.of === 'string') {
    emit(doc.of, {subject: doc.subject, taken_at: doc.taken_at, source: doc.source || null});
  }
}
