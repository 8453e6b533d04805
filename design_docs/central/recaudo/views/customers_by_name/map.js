function (doc) {
  if (doc._id.indexOf('customer:') === 0) {
    emit([String(doc.name || '').toLowerCase(), doc.code], null);
  }
}
