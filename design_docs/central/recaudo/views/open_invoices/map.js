function (doc) {
  if (doc._id.indexOf('invoice:') === 0 && doc.state === 'open' && doc.balance > 0) {
    emit(doc.customer, {
      number: doc.number, due_on: doc.due_on, balance: doc.balance, currency: doc.currency, instalments: doc.instalments
    });
  }
}
