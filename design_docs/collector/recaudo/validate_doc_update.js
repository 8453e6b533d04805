function (newDoc, oldDoc, userCtx, secObj) {
  // What a phone may write into its collector's database. receivables/access.py is the same rule in Python; both are
  // held to tests/data/access_vectors.json. A refusal reads "code: field", for the program and for a person.
  var LARGEST = 9007199254740991;
  var CODE = /^[a-z][a-z0-9]{1,29}$/;
  var SERIES = /^[A-Z][A-Z0-9]{1,9}$/;
  var ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
  var CURRENCY = /^[A-Z]{3}$/;
  var HASH = /^[0-9a-f]{64}$/;
  var SIGNATURE = /^[A-Za-z0-9+\/]{86}==$/;
  var RECEIPT_ID = /^receipt:([A-Z][A-Z0-9]{1,9}):[0-9]{8}$/;
  var DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
  var INSTANT = /^([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z$/;
  var MAX_CASH = 1125899906842624;
  var STOP_CHANGES = {add: 1, move: 1, remove: 1};
  var CHANNELS = {visit: 1, call: 1, sms: 1, whatsapp: 1, email: 1};
  var REMOTE_CHANNELS = {call: 1, sms: 1, whatsapp: 1, email: 1};
  var METHODS = {cash: 1, cheque: 1, transfer: 1, card: 1, withholding: 1};
  var PROJECTIONS = {
    company: 1, collector: 1, customer: 1, invoice: 1, withholding: 1, credit_note: 1, route: 1, goal: 1, catalogue: 1,
    policy: 1, posting: 1, reversal: 1, activity: 1, received: 1, manifest: 1, compliance_pack: 1, holidays: 1,
    logo: 1, performance: 1, reference: 1, consents: 1
  };

  function refuse(code, field) {
    throw({forbidden: field ? code + ': ' + field : code});
  }
  function has(table, key) {
    return Object.prototype.hasOwnProperty.call(table, key);
  }
  function hasRole(role) {
    return userCtx.roles.indexOf(role) !== -1;
  }
  function isArray(value) {
    return Object.prototype.toString.call(value) === '[object Array]';
  }
  function isObject(value) {
    return typeof value === 'object' && value !== null && !isArray(value);
  }
  function isNumber(value, low, high) {
    return typeof value === 'number' && isFinite(value) && value >= low && value <= high;
  }
  function isDate(value) {
    var parts = typeof value === 'string' ? DATE.exec(value) : null;
    if (parts === null) {
      return false;
    }
    var year = Number(parts[1]), month = Number(parts[2]), day = Number(parts[3]);
    var leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
    var days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
  }
  function isInstant(value) {
    var parts = typeof value === 'string' ? INSTANT.exec(value) : null;
    return parts !== null && isDate(parts[1]) && Number(parts[2]) < 24 && Number(parts[3]) < 60 && Number(parts[4]) < 60;
  }

  function matching(pattern) {
    return function (value, field) {
      if (typeof value !== 'string' || !pattern.test(value)) {
        refuse('field_invalid', field);
      }
    };
  }
  function text(shortest, longest) {
    return function (value, field) {
      if (typeof value !== 'string' || value.length < shortest || value.length > longest) {
        refuse('field_invalid', field);
      }
    };
  }
  function date(value, field) {
    if (!isDate(value)) {
      refuse('field_invalid', field);
    }
  }
  function instant(value, field) {
    if (!isInstant(value)) {
      refuse('field_invalid', field);
    }
  }
  function whole(lowest, highest) {
    return function (value, field) {
      if (!isNumber(value, lowest, highest === undefined ? LARGEST : highest) || Math.floor(value) !== value) {
        refuse('amount_invalid', field);
      }
    };
  }
  function orNull(check) {
    return function (value, field) {
      if (value !== null && value !== undefined) {
        check(value, field);
      }
    };
  }
  function list(shortest, longest, check) {
    return function (value, field) {
      if (!isArray(value) || value.length < shortest || value.length > longest) {
        refuse('field_invalid', field);
      }
      for (var i = 0; i < value.length; i++) {
        check(value[i], field + '.' + i);
      }
    };
  }
  function fields(value, path, table) {
    for (var i = 0; i < table.length; i++) {
      table[i][1](has(value, table[i][0]) ? value[table[i][0]] : undefined, path + table[i][0]);
    }
  }
  function record(table) {
    return function (value, field) {
      if (!isObject(value)) {
        refuse('field_invalid', field);
      }
      fields(value, field + '.', table);
    };
  }
  function distance(value, field) {
    if (!isNumber(value, 0, LARGEST)) {
      refuse('field_invalid', field);
    }
  }
  function latitude(value, field) {
    if (!isNumber(value, -90, 90)) {
      refuse('field_invalid', field);
    }
  }
  function longitude(value, field) {
    if (!isNumber(value, -180, 180)) {
      refuse('field_invalid', field);
    }
  }
  function flag(value, field) {
    if (typeof value !== 'boolean') {
      refuse('field_invalid', field);
    }
  }
  function method(value, field) {
    if (typeof value !== 'string' || !has(METHODS, value)) {
      refuse('field_invalid', field);
    }
  }
  function change(value, field) {
    if (typeof value !== 'string' || !has(STOP_CHANGES, value)) {
      refuse('field_invalid', field);
    }
  }
  function anyChannel(value, field) {
    if (typeof value !== 'string' || !has(CHANNELS, value)) {
      refuse('field_invalid', field);
    }
  }
  function channel(value, field) {
    if (typeof value !== 'string' || !has(REMOTE_CHANNELS, value)) {
      refuse('field_invalid', field);
    }
  }
  function coordinate(value, field) {
    if (!isNumber(value, 0, 1000)) {
      refuse('field_invalid', field);
    }
  }
  function position(value, field) {
    if (!isArray(value) || value.length !== 4) {
      refuse('field_invalid', field);
    }
    instant(value[0], field + '.0');
    latitude(value[1], field + '.1');
    longitude(value[2], field + '.2');
    orNull(distance)(value[3], field + '.3');
  }

  var name = text(1, 200);
  var words = text(0, 4000);
  var place = record([['lat', latitude], ['lon', longitude], ['accuracy', orNull(distance)], ['mock', orNull(flag)]]);
  var payment = record([
    ['method', method], ['amount', whole(1)], ['bank', orNull(text(0, 200))], ['account', orNull(text(0, 200))],
    ['number', orNull(text(0, 200))], ['drawer', orNull(text(0, 200))], ['cheque_on', orNull(date)],
    ['reference', orNull(text(0, 200))], ['transferred_on', orNull(date)], ['brand', orNull(text(0, 200))],
    ['last4', orNull(text(0, 200))], ['authorisation', orNull(text(0, 200))], ['tax', orNull(text(0, 200))],
    ['access_key', orNull(text(0, 200))], ['voucher', orNull(text(1, 32768))],
    ['photos', orNull(list(0, 6, record([['id', name], ['sha256', matching(HASH)]])))]
  ]);
  var part = record([['invoice', name], ['amount', whole(1)]]);
  var shortText = orNull(text(0, 200));
  var currency = matching(CURRENCY);
  var receiptId = matching(RECEIPT_ID);
  var cash = whole(0, MAX_CASH);
  var signedCash = whole(-MAX_CASH, MAX_CASH);
  var signature = record([['name', name], ['strokes', list(1, 100, list(2, 2000, coordinate))]]);
  var shown = record([
    ['customer', record([['name', shortText], ['tax_id', shortText], ['address', shortText], ['city', shortText]])],
    ['debt', record([
      ['currency', currency], ['as_of', date], ['total', whole(0)], ['count', whole(0)],
      ['invoices', list(0, 100, record([['number', name], ['due_on', date], ['balance', whole(1)]]))]
    ])]
  ]);
  var cheque = record([['receipt', receiptId], ['number', shortText], ['amount', whole(1, MAX_CASH)]]);
  var contactCheck = record([['outcome', name], ['codes', list(0, 20, name)], ['exception', shortText]]);
  var FACTS = {
    visit_start: [
      ['customer', name], ['place', orNull(place)], ['distance_m', orNull(distance)],
      ['contact_check', orNull(contactCheck)]
    ],
    visit: [
      ['customer', name], ['start', name], ['started_at', instant], ['finished_at', instant], ['place', orNull(place)],
      ['outcome', name], ['comment', words], ['next_visit_at', orNull(instant)], ['attended_by', shortText],
      ['signature', orNull(signature)], ['shown', orNull(shown)], ['away_reason', shortText]
    ],
    receipt: [
      ['series', matching(SERIES)], ['counter', whole(1)], ['number', name], ['customer', name], ['visit', orNull(name)],
      ['currency', matching(CURRENCY)], ['total', whole(1)], ['payments', list(1, 100, payment)],
      ['allocations', list(0, 1000, part)], ['on_account', whole(0)], ['write_offs', orNull(list(0, 1000, part))],
      ['place', orNull(place)], ['previous_hash', matching(HASH)], ['hash', matching(HASH)],
      ['signature', orNull(matching(SIGNATURE))]
    ],
    receipt_void: [['receipt', receiptId], ['reason', words]],
    receipt_copy: [['receipt', receiptId], ['copy', whole(1)], ['means', name]],
    paper_copy: [['paper', name], ['of', name], ['customer', shortText], ['copy', whole(1)], ['means', name]],
    promise: [
      ['customer', name], ['invoices', list(0, 1000, name)], ['amount', whole(1)], ['currency', matching(CURRENCY)],
      ['promised_on', date]
    ],
    dispute: [
      ['customer', name], ['invoice', name], ['reason', name], ['amount', whole(1)], ['currency', currency],
      ['text', words]
    ],
    informed_payment: [
      ['customer', name], ['invoices', list(0, 1000, name)], ['amount', whole(1)], ['currency', currency],
      ['paid_on', date], ['bank', shortText], ['reference', shortText], ['text', words]
    ],
    note: [['customer', name], ['text', text(1, 4000)]],
    location_update: [
      ['customer', name], ['place', place], ['reason', orNull(words)], ['reference', orNull(words)]
    ],
    photo: [
      ['customer', shortText], ['of', shortText], ['subject', name], ['source', shortText], ['taken_at', instant],
      ['place', orNull(place)], ['bytes', whole(1)], ['sha256', matching(HASH)]
    ],
    deposit: [
      ['currency', currency], ['total', whole(1, MAX_CASH)], ['cash', cash], ['cheques', list(0, 1000, cheque)],
      ['bank', name], ['account', shortText], ['number', name], ['deposited_on', date]
    ],
    cash_close: [
      ['currency', currency], ['closes_on', date], ['previous', shortText], ['opening', signedCash],
      ['collected', cash], ['voided', cash], ['deposited', cash], ['expected', signedCash], ['counted', cash],
      ['difference', signedCash],
      ['denominations', list(0, 100, record([['value', whole(1, MAX_CASH)], ['count', cash]]))],
      ['cheques', list(0, 1000, cheque)], ['receipts', list(0, 10000, receiptId)], ['deposits', list(0, 10000, name)],
      ['reason', words], ['signature', orNull(signature)], ['receiver', orNull(signature)]
    ],
    planned_stop: [
      ['route_on', date], ['customer', name], ['change', change], ['position', orNull(whole(0))]
    ],
    contact_attempt: [
      ['customer', name], ['channel', channel], ['direct', flag], ['of', shortText],
      ['contact_check', orNull(contactCheck)]
    ],
    consent: [
      ['customer', name], ['contact', name], ['channels', list(1, 5, anyChannel)], ['given', flag], ['version', name],
      ['text', text(1, 4000)], ['signature', orNull(signature)]
    ],
    track: [['positions', list(1, 5000, position)], ['mocked', orNull(list(0, 5000, whole(0, 4999)))]],
    refusal: [['of', text(0, 1000)], ['reason', words], ['document', text(0, 65536)]]
  };

  function onlyPicture(attached) {
    var count = 0;
    for (var key in attached) {
      if (has(attached, key)) {
        count += 1;
      }
    }
    return isObject(attached) && count === 1 && has(attached, 'picture');
  }
  function receiptKey(doc, mark) {
    return doc.series + mark + ('0000000' + String(doc.counter)).slice(-8);
  }
  function sum(lines) {
    var total = 0;
    for (var i = 0; i < lines.length; i++) {
      total += lines[i].amount;
    }
    return total;
  }

  function settles(writeOffs, allocations) {
    // each beside a payment to its invoice, and once
    var unsettled = {};
    for (var i = 0; i < allocations.length; i++) {
      unsettled['=' + allocations[i].invoice] = true;
    }
    for (var j = 0; j < writeOffs.length; j++) {
      if (unsettled['=' + writeOffs[j].invoice] !== true) {
        return false;
      }
      unsettled['=' + writeOffs[j].invoice] = false;
    }
    return true;
  }
  function pieces(counts) {
    var total = 0;
    for (var i = 0; i < counts.length; i++) {
      total += counts[i].value * counts[i].count;
    }
    return total;
  }

  var server = hasRole('_admin');
  var parts = newDoc._id.split(':');
  var type = parts[0];

  if (!has(FACTS, type) || parts.length < 2) {
    if (!server) {
      refuse(has(PROJECTIONS, type) || type.indexOf('_') === 0 ? 'server_only' : 'type_unknown', '_id');
    }
    return;
  }
  if (newDoc._deleted) {
    refuse('fact_deleted', '_id');
  }
  if (oldDoc !== null && oldDoc !== undefined) {
    refuse('fact_immutable', '_id');
  }
  if (newDoc._revisions && newDoc._revisions.start > 1) {
    refuse('fact_immutable', '_rev');
  }
  if (type !== 'photo' && newDoc._attachments) {
    refuse('attachment_refused', '_attachments');
  }
  if (type === 'photo' && !onlyPicture(newDoc._attachments)) {
    refuse('picture_missing', '_attachments');
  }

  if (newDoc.schema !== 1) {
    refuse('schema_unknown', 'schema');
  }
  fields(newDoc, '', [
    ['company', matching(CODE)], ['collector', matching(CODE)], ['device', name], ['created_at', instant],
    ['local_on', date]
  ]);
  if (userCtx.db !== newDoc.company + '-c-' + newDoc.collector) {
    refuse('writer_mismatch', userCtx.db.indexOf(newDoc.company + '-c-') === 0 ? 'collector' : 'company');
  }
  if (!server) {
    var ofCompany = false;
    for (var i = 0; i < userCtx.roles.length; i++) {
      ofCompany = ofCompany || userCtx.roles[i].indexOf(newDoc.company + ':') === 0;
    }
    if (!ofCompany) {
      refuse('role_missing', 'company');
    }
    if (!hasRole('c:' + newDoc.collector)) {
      refuse('role_missing', 'collector');
    }
    if (!hasRole('d:' + newDoc.device)) {
      refuse('role_missing', 'device');
    }
  }

  fields(newDoc, '', FACTS[type]);
  if (type === 'receipt') {
    if (newDoc.counter > 99999999 || newDoc._id !== 'receipt:' + receiptKey(newDoc, ':')) {
      refuse('id_mismatch', '_id');
    }
    if (newDoc.number !== receiptKey(newDoc, '-')) {
      refuse('id_mismatch', 'number');
    }
    if (!server && !hasRole('series:' + newDoc.series)) {
      refuse('role_missing', 'series');
    }
    if (sum(newDoc.payments) !== newDoc.total) {
      refuse('sum_mismatch', 'payments');
    }
    if (sum(newDoc.allocations) + newDoc.on_account !== newDoc.total) {
      refuse('sum_mismatch', 'allocations');
    }
    if (!settles(newDoc.write_offs || [], newDoc.allocations)) {
      refuse('write_off_alone', 'write_offs');
    }
  } else {
    if (parts.length !== 3 || parts[1] !== newDoc.collector || !ULID.test(parts[2])) {
      refuse('id_mismatch', '_id');
    }
    if (type === 'receipt_void' && !server && !hasRole('series:' + RECEIPT_ID.exec(newDoc.receipt)[1])) {
      refuse('role_missing', 'series');
    }
    if (type === 'consent' && newDoc.given && (newDoc.signature === null || newDoc.signature === undefined)) {
      refuse('field_invalid', 'signature');
    }
    if (type === 'deposit' && newDoc.cash + sum(newDoc.cheques) !== newDoc.total) {
      refuse('sum_mismatch', 'total');
    }
    if (type === 'cash_close') {
      if (newDoc.denominations.length > 0 && pieces(newDoc.denominations) !== newDoc.counted) {
        refuse('sum_mismatch', 'counted');
      }
      if (newDoc.opening + newDoc.collected - (newDoc.voided + newDoc.deposited) !== newDoc.expected) {
        refuse('sum_mismatch', 'expected');
      }
      if (newDoc.counted - newDoc.expected !== newDoc.difference) {
        refuse('sum_mismatch', 'difference');
      }
    }
  }
}
