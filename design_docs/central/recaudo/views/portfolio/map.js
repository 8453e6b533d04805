function (doc) {
  // the papers that travel with a customer, and by what reconcile tells an open or recent one from an old one;
  // one that belongs to another customer by now still counts, as what has to go
  var type = doc._id.split(':')[0];
  if (type === 'invoice' || type === 'withholding' || type === 'credit_note') {
    emit(doc.customer, {state: doc.state, issued_on: doc.issued_on});
    (doc.former_customers || []).forEach(function (former) {
      if (former !== doc.customer) {
        emit(former, {now_of: doc.customer});
      }
    });
  }
}
