function (doc) {
  if (doc._id.indexOf('receipt_void:') === 0) {
    emit(doc.receipt, {at: doc.created_at, by: doc.collector, reason: doc.reason});
  }
}
