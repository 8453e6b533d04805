function (newDoc, oldDoc, userCtx, secObj) {
  // What is written once stays as it was written, whoever writes. Of two leaves of one fact reconcile buries the one
  // that was not accepted, so a fact may get a tombstone; an entry of the audit may not.
  var ONCE = {
    audit: 1, series: 1, visit_start: 1, visit: 1, receipt: 1, receipt_void: 1, receipt_copy: 1, promise: 1, dispute: 1,
    informed_payment: 1, note: 1, location_update: 1, photo: 1, deposit: 1, cash_close: 1, planned_stop: 1, track: 1,
    refusal: 1, dunning_notice: 1, contact_attempt: 1, cheque_bounce: 1, paper_copy: 1, consent: 1
  };
  var type = newDoc._id.split(':')[0];
  if (!Object.prototype.hasOwnProperty.call(ONCE, type) || type === newDoc._id) {
    return;
  }
  if (newDoc._deleted) {
    if (type === 'audit') {
      throw({forbidden: 'fact_deleted: _id'});
    }
    return;
  }
  if (oldDoc ? !oldDoc._deleted || type === 'audit' : newDoc._revisions && newDoc._revisions.start > 1) {
    throw({forbidden: 'fact_immutable: _id'});
  }
}
