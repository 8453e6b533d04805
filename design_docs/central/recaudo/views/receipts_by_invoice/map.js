function (doc) {
  if (doc._id.indexOf('receipt:') === 0) {
    (doc.allocations || []).forEach(function (line) {
      emit(line.invoice, {amount: line.amount, created_at: doc.created_at, collector: doc.collector,
        customer: doc.customer, currency: doc.currency});
    });
  }
}
