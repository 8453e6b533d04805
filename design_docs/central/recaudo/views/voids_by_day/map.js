function (doc) {
  if (doc._id.indexOf('receipt_void:') === 0) {
    emit(doc.local_on, doc.receipt);
  }
}
