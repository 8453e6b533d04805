// What CouchDB's query server gives to design functions, for one design document per context.
// The host calls the functions of `couch` with JSON texts and reads JSON texts back; nothing else crosses over.
(function (global) {
  'use strict';
  var stringify = JSON.stringify, parse = JSON.parse, indirectEval = global.eval;
  var rows = [], ddoc = {}, compiled = {}, modules = {}, chunks = [], started = null, pending = [], provided = null;
  var contentTypes = {
    all: '*/*', text: 'text/plain; charset=utf-8', html: 'text/html; charset=utf-8', json: 'application/json',
    xml: 'application/xml', js: 'text/javascript', css: 'text/css', csv: 'text/csv', atom: 'application/atom+xml',
    rss: 'application/rss+xml', yaml: 'application/x-yaml', ics: 'text/calendar', xhtml: 'application/xhtml+xml',
    multipart_form: 'multipart/form-data', url_encoded_form: 'application/x-www-form-urlencoded'
  };

  // Nothing that waits, and nothing that tells time more finely than a design function needs.
  ['Atomics', 'SharedArrayBuffer', 'performance', 'queueMicrotask'].forEach(function (name) { delete global[name]; });

  function define(name, value) {
    Object.defineProperty(global, name, { value: value, writable: true, configurable: true, enumerable: false });
  }

  define('emit', function (key, value) {
    rows.push([key === undefined ? null : key, value === undefined ? 'null' : stringify(value) || 'null']);
  });
  define('sum', function (values) {
    var total = 0;
    for (var i = 0; i < values.length; i++) { total += values[i]; }
    return total;
  });
  define('log', function () {});
  define('isArray', Array.isArray);
  define('toJSON', stringify);
  define('start', function (response) { started = response || {}; });
  define('send', function (chunk) { chunks.push(String(chunk)); });
  define('getRow', function () { return pending.length ? pending.shift() : null; });
  define('registerType', function (key) { contentTypes[key] = Array.prototype.slice.call(arguments, 1).join(', '); });
  define('provides', function (type, fn) { if (provided) { provided.push([type, fn]); } });

  function resolve(path, from) {
    var parts = path.charAt(0) === '.' ? from.slice(0, -1) : [];
    path.split('/').forEach(function (part) {
      if (part === '..') { parts.pop(); } else if (part !== '.' && part !== '') { parts.push(part); }
    });
    return parts;
  }

  function requireFrom(from) {
    return function (path) {
      var parts = resolve(path, from), id = parts.join('/'), source = ddoc;
      if (Object.prototype.hasOwnProperty.call(modules, id)) { return modules[id].exports; }
      parts.forEach(function (part) {
        if (source === null || typeof source !== 'object' || !(part in source)) {
          throw { error: 'invalid_require_path', reason: 'Object has no property "' + part + '". ' + stringify(parts) };
        }
        source = source[part];
      });
      if (typeof source !== 'string') {
        throw { error: 'invalid_require_path', reason: 'Must require a JavaScript string, not: ' + typeof source };
      }
      var module = modules[id] = { id: id, exports: {} };
      indirectEval('(function (module, exports, require) {' + source + '\n})')(module, module.exports, requireFrom(parts));
      return module.exports;
    };
  }

  function compile(source) {
    if (typeof source !== 'string') {
      throw { error: 'compilation_error', reason: 'Function source must be a string' };
    }
    if (!Object.prototype.hasOwnProperty.call(compiled, source)) {
      var text = source.replace(/^\s+/, '').replace(/[;\s]+$/, ''), made;
      try {
        made = indirectEval('(function (require) { return (' + text + '\n); })')(requireFrom([]));
      } catch (failure) {
        throw { error: 'compilation_error', reason: String(failure) + ' in ' + source };
      }
      if (typeof made !== 'function') {
        throw { error: 'compilation_error', reason: 'Expression does not eval to a function. (' + source + ')' };
      }
      compiled[source] = made;
    }
    return compiled[source];
  }

  function named(path) {
    var found = ddoc;
    path.forEach(function (part) {
      if (found === null || typeof found !== 'object' || !Object.prototype.hasOwnProperty.call(found, part)) {
        throw { error: 'not_found', reason: 'missing ' + path.slice(0, -1).join(' ') + ' function ' + path[path.length - 1] + ' on design doc ' + ddoc._id };
      }
      found = found[part];
    });
    return compile(found);
  }

  function told(failure) {
    if (failure !== null && typeof failure === 'object') {
      if (failure.error !== undefined && failure.reason !== undefined) { return { error: failure.error, reason: failure.reason }; }
      if (failure.name !== undefined && failure.message !== undefined) { return { error: failure.name, reason: failure.message }; }
    }
    return { error: 'unnamed_error', reason: typeof failure === 'string' ? failure : stringify(failure) };
  }

  function guarded(work) {
    return function () {
      try { return stringify(work.apply(null, arguments)); } catch (failure) { return stringify({ failure: told(failure) }); }
    };
  }

  // A response of `_show`, `_update` or `_list`: text alone, or an object.
  function response(value) {
    if (value === undefined || value === null) { return { body: chunks.join('') }; }
    return typeof value === 'object' ? value : { body: chunks.join('') + String(value) };
  }

  function runProvides(request) {
    var accept = (request.headers && (request.headers.Accept || request.headers.accept)) || '*/*', chosen = null;
    var asked = request.query && request.query.format;
    provided.forEach(function (entry) {
      var types = String(contentTypes[entry[0]] || entry[0]).split(';')[0];
      if (!chosen && (asked ? asked === entry[0] : accept.indexOf('*/*') >= 0 || accept.indexOf(types) >= 0)) { chosen = entry; }
    });
    if (!chosen) { throw { error: 'not_acceptable', reason: 'Content-Type ' + (asked || accept) + ' not supported' }; }
    var value = response(chosen[1]());
    value.headers = value.headers || {};
    if (!value.headers['Content-Type']) { value.headers['Content-Type'] = contentTypes[chosen[0]]; }
    return value;
  }

  function answering(work) {
    return guarded(function () {
      chunks = []; started = null; pending = []; provided = [];
      var args = Array.prototype.map.call(arguments, function (text) { return parse(text); });
      return work.apply(null, args);
    });
  }

  function merged(value) {
    var out = response(value);
    if (started) {
      out.code = out.code || started.code;
      out.headers = Object.assign({}, started.headers || {}, out.headers || {});
    }
    return out;
  }

  define('couch', {
    init: guarded(function (text) { ddoc = parse(text); return true; }),

    check: guarded(function (text) { parse(text).forEach(compile); return true; }),

    // [[row, …] per document] per view; a map function that throws emits nothing for that document. Each view gets
    // documents of its own, so that none sees what another did to them.
    map: guarded(function (sources, documents) {
      return parse(sources).map(compile).map(function (fn) {
        return parse(documents).map(function (doc) {
          rows = [];
          try { fn.call(null, doc); } catch (failure) {
            if (failure && failure.error === 'fatal') { throw failure; }
            rows = [];
          }
          return rows;
        });
      });
    }),

    reduce: guarded(function (source, keys, values, rereduce) {
      var value = compile(source)(parse(keys), parse(values), rereduce === 'true');
      return { value: value === undefined ? null : value };
    }),

    validate: guarded(function (source, newDoc, oldDoc, userCtx, security) {
      try {
        compile(source).call(ddoc, parse(newDoc), parse(oldDoc), parse(userCtx), parse(security));
        return true;
      } catch (failure) {
        if (failure !== null && typeof failure === 'object') {
          if (failure.forbidden !== undefined) { return { failure: { error: 'forbidden', reason: failure.forbidden } }; }
          if (failure.unauthorized !== undefined) { return { failure: { error: 'unauthorized', reason: failure.unauthorized } }; }
        }
        throw failure;
      }
    }),

    filter: guarded(function (path, documents, request) {
      var fn = named(parse(path)), req = parse(request);
      return parse(documents).map(function (doc) { return !!fn.call(ddoc, doc, req); });
    }),

    // `_view` filter: a document passes where the map function emits anything.
    passes: guarded(function (source, documents) {
      var fn = compile(source);
      return parse(documents).map(function (doc) {
        rows = [];
        try { fn.call(null, doc); } catch (ignored) { return false; }
        return rows.length > 0;
      });
    }),

    update: answering(function (name, doc, request) {
      var result = named(['updates', name]).call(ddoc, doc, request);
      if (!Array.isArray(result)) { throw { error: 'render_error', reason: 'Update function must return an array' }; }
      return [result[0] === undefined ? null : result[0], response(result[1])];
    }),

    show: answering(function (name, doc, request) {
      var value = named(['shows', name]).call(ddoc, doc, request);
      return provided.length ? runProvides(request) : merged(value);
    }),

    list: answering(function (name, head, allRows, request) {
      pending = allRows;
      var value = named(['lists', name]).call(ddoc, head, request);
      if (provided.length) { value = runProvides(request); return merged(value); }
      if (typeof value === 'string') { chunks.push(value); }
      return merged({ body: chunks.join('') });
    })
  });
}(globalThis));
