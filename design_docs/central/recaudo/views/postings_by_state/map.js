function (doc) {
  if (doc._id.indexOf('posting:') === 0 || doc._id.indexOf('reversal:') === 0) {
    emit([doc.state, doc.claimed_at || null], null);
  }
}
