function (doc) {
  // every combination of person, action and subject, so that any of them narrows the list by its key alone
  if (doc._id.indexOf('audit:') !== 0) {
    return;
  }
  for (var mask = 0; mask < 8; mask++) {
    if ((mask & 4) && !doc.subject) {
      continue;
    }
    emit([(mask & 1) ? doc.by : null, (mask & 2) ? doc.action : null, (mask & 4) ? doc.subject : null, doc.at], null);
  }
}
