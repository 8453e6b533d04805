function (doc) {
  // one row per word of the name, and one each for code and tax id, so that a prefix finds the customer
  if (doc._id.indexOf('customer:') !== 0) {
    return;
  }
  var plain = {
    'á': 'a', 'à': 'a', 'ä': 'a', 'â': 'a', 'ã': 'a', 'é': 'e', 'è': 'e', 'ë': 'e', 'ê': 'e', 'í': 'i', 'ì': 'i',
    'ï': 'i', 'î': 'i', 'ó': 'o', 'ò': 'o', 'ö': 'o', 'ô': 'o', 'õ': 'o', 'ú': 'u', 'ù': 'u', 'ü': 'u', 'û': 'u',
    'ñ': 'n', 'ç': 'c'
  };
  var texts = [doc.name, doc.code, doc.tax_id];
  var seen = {};
  for (var i = 0; i < texts.length; i++) {
    var text = String(texts[i] || '').toLowerCase().replace(/[^\x00-\x7f]/g, function (letter) {
      return plain[letter] || letter;
    });
    var words = text.split(/[\s.,;:\/()"'&]+/);
    for (var j = 0; j < words.length; j++) {
      if (words[j] !== '' && seen['=' + words[j]] !== true) {
        seen['=' + words[j]] = true;
        emit([words[j], doc.code], null);
      }
    }
  }
}
