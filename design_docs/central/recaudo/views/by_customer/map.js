function (doc) {
  // everything that concerns a customer: what moves when the customer changes collector, and the supervisor's sheet
  var parts = doc._id.split(':');
  var type = parts[0];
  var customer = doc.customer;
  if (type === 'customer' || type === 'activity') {
    customer = parts.slice(1).join(':');
  }
  if (typeof customer === 'string' && customer !== '') {
    emit([customer, type, doc.created_at || doc.sent_at || doc.due_on || doc.issued_on || null], null);
  }
}
