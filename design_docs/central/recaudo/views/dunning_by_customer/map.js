function (doc) {
  // what decides whether a customer is claimed again: earlier claims, and promises
  if ((doc._id.indexOf('dunning_notice:') === 0 || doc._id.indexOf('promise:') === 0) && doc.customer) {
    emit(doc.customer, null);
  }
}
