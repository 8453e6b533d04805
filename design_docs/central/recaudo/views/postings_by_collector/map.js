function (doc) {
  // reversals too: a phone that lacks them counts receipts that were taken back
  if (doc._id.indexOf('posting:') === 0 || doc._id.indexOf('reversal:') === 0) {
    emit([doc.collector, doc.claimed_at || null], null);
  }
}
