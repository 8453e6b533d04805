function (doc) {
  // what can be paid with only once, spelled as receivables.anomalies.instruments does
  if (doc._id.indexOf('receipt:') !== 0) {
    return;
  }
  function plain(text) {
    var known = text === null || text === undefined ? '' : String(text);
    return known.toUpperCase().replace(/[^A-Z0-9]/g, '').replace(/^0+(?=.)/, '');
  }
  var vouchers = {};
  (doc.payments || []).forEach(function (line) {
    var bank = plain(line.bank);
    var use = {amount: line.amount, created_at: doc.created_at, collector: doc.collector, customer: doc.customer};
    if (line.method === 'cheque' && bank !== '' && plain(line.number) !== '') {
      emit(['cheque', bank, plain(line.account), plain(line.number)], use);
    } else if (line.method === 'transfer' && plain(line.reference) !== '') {
      emit(['transfer', bank, plain(line.reference)], use);
    } else if (line.method === 'withholding' && plain(line.access_key) !== '' && !vouchers[plain(line.access_key)]) {
      vouchers[plain(line.access_key)] = true; // a line for each of its taxes, one use
      emit(['withholding', plain(line.access_key)], use);
    }
  });
}
