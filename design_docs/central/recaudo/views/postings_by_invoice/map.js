function (doc) {
  // what was claimed of an invoice, reflected in its balance yet or not; a rejected posting claims nothing
  if (doc._id.indexOf('posting:') === 0 && doc.state !== 'rejected') {
    (doc.allocations || []).concat(doc.write_offs || []).forEach(function (line) {
      emit(line.invoice, {receipt: doc.receipt, amount: line.amount});
    });
  }
}
