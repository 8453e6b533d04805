function (doc) {
  // the papers that travel with a customer, and by what reconcile tells an open or recent one from an old one
  var type = doc._id.split(':')[0];
  if (type === 'invoice' || type === 'withholding' || type === 'credit_note') {
    emit(doc.customer, {state: doc.state, issued_on: doc.issued_on});
  }
}
