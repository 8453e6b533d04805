function (doc) {
  var facts = {
    visit_start: 1, visit: 1, receipt: 1, receipt_void: 1, receipt_copy: 1, promise: 1, dispute: 1, informed_payment: 1,
    note: 1, location_update: 1, photo: 1, deposit: 1, cash_close: 1, planned_stop: 1, track: 1, refusal: 1,
    dunning_notice: 1, contact_attempt: 1, cheque_bounce: 1, paper_copy: 1, consent: 1
  };
  var type = doc._id.split(':')[0];
  if (facts[type] === 1 && typeof doc.collector === 'string') {
    emit([doc.collector, type, doc.created_at], null);
  }
}
