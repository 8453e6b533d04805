function (doc) {
  // how many of what: for the company under 'day', for each collector under 'collector'
  var type = doc._id.split(':')[0];
  if (type === 'visit_start' || type === 'visit' || type === 'receipt') {
    emit(['day', doc.local_on, type, doc.outcome || null], null);
    emit(['collector', doc.local_on, doc.collector, type, doc.outcome || null], null);
  }
}
