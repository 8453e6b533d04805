function (doc) {
  if (doc._id.indexOf('invoice:') === 0 && doc.state === 'open' && doc.balance > 0) {
    emit([doc.due_on, doc.customer], {number: doc.number, balance: doc.balance, currency: doc.currency});
  }
}
