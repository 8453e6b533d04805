function (doc) {
  if (doc._id.indexOf('receipt:') === 0) {
    (doc.allocations || []).forEach(function (line) {
      emit(line.invoice, {amount: line.amount});
    });
  }
}
