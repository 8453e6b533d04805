function (doc) {
  // the number in a series name, so that the next one is found without reading them all
  if (doc._id.indexOf('series:') === 0) {
    emit(parseInt(doc._id.replace(/^series:[A-Z]+/, ''), 10), null);
  }
}
