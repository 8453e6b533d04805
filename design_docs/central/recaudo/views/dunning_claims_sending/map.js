function (doc) {
  // mails whose end nobody wrote down
  if (doc._id.indexOf('dunning_claim:') === 0 && doc.state === 'sending') {
    emit(doc.claimed_at, null);
  }
}
