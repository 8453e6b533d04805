function (doc) {
  if (doc._id.indexOf('receipt:') === 0) {
    for (var i = 0; i < doc.payments.length; i++) {
      emit([doc.local_on, doc.currency, doc.collector, doc.payments[i].method], doc.payments[i].amount);
    }
  }
}
