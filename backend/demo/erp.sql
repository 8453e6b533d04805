-- The demo ERP: what a small Ecuadorian distributor's system might look like from outside. Money is in centavos.
-- Its business logic is in triggers, so that it decides by itself, as a real ERP would, what it takes and what it refuses.

CREATE TABLE clientes (
    codigo TEXT PRIMARY KEY,
    razon_social TEXT NOT NULL,
    identificacion TEXT NOT NULL UNIQUE,
    sucursal TEXT NOT NULL,
    telefonos TEXT NOT NULL,
    correo TEXT,
    direccion TEXT NOT NULL,
    sector TEXT NOT NULL,
    ciudad TEXT NOT NULL,
    latitud REAL,
    longitud REAL,
    plazo_dias INTEGER NOT NULL,
    observaciones TEXT NOT NULL DEFAULT '',
    activo INTEGER NOT NULL DEFAULT 1,
    bloqueo TEXT,
    modificado TEXT NOT NULL
) STRICT;

CREATE TABLE cupos (
    cliente TEXT PRIMARY KEY REFERENCES clientes (codigo),
    cupo INTEGER NOT NULL,
    modificado TEXT NOT NULL
) STRICT;

CREATE TABLE direcciones (
    codigo TEXT PRIMARY KEY,
    cliente TEXT NOT NULL REFERENCES clientes (codigo),
    nombre TEXT NOT NULL,
    direccion TEXT NOT NULL,
    ciudad TEXT NOT NULL,
    latitud REAL,
    longitud REAL,
    modificado TEXT NOT NULL
) STRICT;

CREATE TABLE contactos (
    codigo TEXT PRIMARY KEY,
    cliente TEXT NOT NULL REFERENCES clientes (codigo),
    nombre TEXT NOT NULL,
    cargo TEXT NOT NULL DEFAULT '',
    telefonos TEXT NOT NULL DEFAULT '',
    correo TEXT,
    modificado TEXT NOT NULL
) STRICT;

CREATE TABLE facturas (
    numero TEXT PRIMARY KEY,
    cliente TEXT NOT NULL REFERENCES clientes (codigo),
    emision TEXT NOT NULL,
    vencimiento TEXT NOT NULL,
    total INTEGER NOT NULL,
    saldo INTEGER NOT NULL CHECK (saldo BETWEEN 0 AND total),
    anulada INTEGER NOT NULL DEFAULT 0,
    modificado TEXT NOT NULL
) STRICT;

CREATE TABLE cuotas (
    factura TEXT NOT NULL REFERENCES facturas (numero) ON DELETE CASCADE,
    cuota INTEGER NOT NULL,
    vencimiento TEXT NOT NULL,
    valor INTEGER NOT NULL,
    saldo INTEGER NOT NULL,
    PRIMARY KEY (factura, cuota)
) STRICT;

-- What the SRI authorised, as it came back.
CREATE TABLE comprobantes (
    clase TEXT NOT NULL CHECK (clase IN ('FACTURA', 'RETENCION')),
    numero TEXT NOT NULL,
    xml TEXT NOT NULL,
    modificado TEXT NOT NULL,
    PRIMARY KEY (clase, numero)
) STRICT;

CREATE TABLE retenciones (
    numero TEXT PRIMARY KEY,
    cliente TEXT NOT NULL REFERENCES clientes (codigo),
    factura TEXT NOT NULL REFERENCES facturas (numero),
    fecha TEXT NOT NULL,
    impuesto TEXT NOT NULL,
    valor INTEGER NOT NULL,
    estado TEXT NOT NULL CHECK (estado IN ('REGISTRADA', 'POR VALIDAR', 'NEGADA')),
    modificado TEXT NOT NULL
) STRICT;

CREATE TABLE notas_credito (
    numero TEXT PRIMARY KEY,
    cliente TEXT NOT NULL REFERENCES clientes (codigo),
    factura TEXT REFERENCES facturas (numero),
    fecha TEXT NOT NULL,
    total INTEGER NOT NULL,
    saldo INTEGER NOT NULL,
    modificado TEXT NOT NULL
) STRICT;

CREATE TABLE metas (
    cobrador TEXT NOT NULL,
    mes TEXT NOT NULL,
    valor_mes INTEGER NOT NULL,
    valor_dia INTEGER NOT NULL,
    visitas_mes INTEGER,
    visitas_dia INTEGER NOT NULL,
    efectivas_mes INTEGER,
    efectivas_dia INTEGER,
    modificado TEXT NOT NULL,
    PRIMARY KEY (cobrador, mes)
) STRICT;

CREATE TABLE ventas (
    cliente TEXT NOT NULL REFERENCES clientes (codigo),
    mes TEXT NOT NULL,
    valor INTEGER NOT NULL,
    modificado TEXT NOT NULL,
    PRIMARY KEY (cliente, mes)
) STRICT;

-- What was deleted, and when: whoever copies this system from outside learns of it here.
CREATE TABLE bajas (
    tabla TEXT NOT NULL,
    clave TEXT NOT NULL,
    modificado TEXT NOT NULL,
    PRIMARY KEY (tabla, clave)
) STRICT;

CREATE TRIGGER baja_de_factura AFTER DELETE ON facturas
BEGIN
    INSERT OR REPLACE INTO bajas VALUES ('facturas', OLD.numero, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'));
END;

CREATE TABLE numeracion (tipo TEXT PRIMARY KEY, ultimo INTEGER NOT NULL) STRICT;
INSERT INTO numeracion VALUES ('COB', 0), ('REV', 0);

-- Collections that come from outside. `recibo` is the sender's own id: the key that excludes a second posting.
CREATE TABLE cobros (
    recibo TEXT PRIMARY KEY,
    numero_recibo TEXT NOT NULL,
    cliente TEXT NOT NULL,
    cobrador TEXT NOT NULL,
    creado TEXT NOT NULL,
    fecha TEXT NOT NULL,
    moneda TEXT NOT NULL,
    total INTEGER NOT NULL,
    a_cuenta INTEGER NOT NULL,
    estado TEXT NOT NULL DEFAULT 'NUEVO' CHECK (estado IN ('NUEVO', 'PROCESAR', 'CONTABILIZADO', 'RECHAZADO')),
    numero TEXT UNIQUE,
    motivo TEXT,
    procesado TEXT
) STRICT;

CREATE TABLE cobros_pagos (
    recibo TEXT NOT NULL REFERENCES cobros (recibo),
    linea INTEGER NOT NULL,
    forma TEXT NOT NULL,
    valor INTEGER NOT NULL CHECK (valor > 0),
    banco TEXT,
    referencia TEXT,
    fecha_cheque TEXT,
    PRIMARY KEY (recibo, linea)
) STRICT;

CREATE TABLE cobros_facturas (
    recibo TEXT NOT NULL REFERENCES cobros (recibo),
    linea INTEGER NOT NULL,
    factura TEXT NOT NULL,
    valor INTEGER NOT NULL CHECK (valor > 0),
    tipo TEXT NOT NULL DEFAULT 'PAGO' CHECK (tipo IN ('PAGO', 'DIFERENCIA')),
    PRIMARY KEY (recibo, linea)
) STRICT;
CREATE INDEX cobros_de_factura ON cobros_facturas (factura);

CREATE TABLE saldos_a_favor (
    recibo TEXT PRIMARY KEY REFERENCES cobros (recibo),
    cliente TEXT NOT NULL REFERENCES clientes (codigo),
    valor INTEGER NOT NULL CHECK (valor >= 0)
) STRICT;

-- Collections taken back: voided receipts and bounced cheques. `reverso` is the sender's own id.
CREATE TABLE reversos (
    reverso TEXT PRIMARY KEY,
    recibo TEXT NOT NULL,
    clase TEXT NOT NULL,
    causa TEXT NOT NULL,
    cliente TEXT NOT NULL,
    fecha TEXT NOT NULL,
    moneda TEXT NOT NULL,
    total INTEGER NOT NULL CHECK (total > 0),
    a_cuenta INTEGER NOT NULL,
    estado TEXT NOT NULL DEFAULT 'NUEVO' CHECK (estado IN ('NUEVO', 'PROCESAR', 'CONTABILIZADO', 'RECHAZADO')),
    numero TEXT UNIQUE,
    motivo TEXT,
    procesado TEXT
) STRICT;

CREATE TABLE reversos_pagos (
    reverso TEXT NOT NULL REFERENCES reversos (reverso),
    linea INTEGER NOT NULL,
    forma TEXT NOT NULL,
    valor INTEGER NOT NULL CHECK (valor > 0),
    PRIMARY KEY (reverso, linea)
) STRICT;

CREATE TABLE reversos_facturas (
    reverso TEXT NOT NULL REFERENCES reversos (reverso),
    linea INTEGER NOT NULL,
    factura TEXT NOT NULL,
    valor INTEGER NOT NULL CHECK (valor > 0),
    tipo TEXT NOT NULL DEFAULT 'PAGO' CHECK (tipo IN ('PAGO', 'DIFERENCIA')),
    PRIMARY KEY (reverso, linea)
) STRICT;
CREATE INDEX reversos_de_factura ON reversos_facturas (factura);

-- The ledger: each collection debits its means of payment and credits receivables and customers' advances.
CREATE TABLE asientos (
    numero TEXT NOT NULL,
    cuenta TEXT NOT NULL,
    debe INTEGER NOT NULL DEFAULT 0,
    haber INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX clientes_modificado ON clientes (modificado, codigo);
CREATE INDEX facturas_modificado ON facturas (modificado, numero);
CREATE INDEX retenciones_modificado ON retenciones (modificado, numero);
CREATE INDEX notas_credito_modificado ON notas_credito (modificado, numero);

CREATE TRIGGER contabilizar_cobro AFTER UPDATE OF estado ON cobros WHEN NEW.estado = 'PROCESAR'
BEGIN
    UPDATE cobros SET motivo = CASE
        WHEN NOT EXISTS (SELECT 1 FROM clientes WHERE codigo = NEW.cliente)
            THEN 'El cliente ' || NEW.cliente || ' no existe.'
        WHEN (SELECT bloqueo FROM clientes WHERE codigo = NEW.cliente) IS NOT NULL
            THEN 'Cliente ' || NEW.cliente || ' bloqueado: '
                || (SELECT bloqueo FROM clientes WHERE codigo = NEW.cliente)
                || '. Comuníquese con Crédito y Cobranzas.'
        WHEN NEW.moneda <> 'USD'
            THEN 'La moneda ' || NEW.moneda || ' no está habilitada.'
        WHEN (SELECT coalesce(sum(valor), 0) FROM cobros_pagos WHERE recibo = NEW.recibo) <> NEW.total
            THEN 'Los medios de pago no suman el total del cobro.'
        WHEN (SELECT coalesce(sum(valor), 0) FROM cobros_facturas WHERE recibo = NEW.recibo AND tipo = 'PAGO')
                + NEW.a_cuenta <> NEW.total
            THEN 'Las facturas y el saldo a favor no suman el total del cobro.'
        WHEN EXISTS (
            SELECT 1 FROM cobros_facturas AS linea LEFT JOIN facturas ON facturas.numero = linea.factura
            WHERE linea.recibo = NEW.recibo AND (facturas.cliente IS NOT NEW.cliente OR facturas.anulada = 1))
            THEN 'Una de las facturas está anulada o no pertenece al cliente ' || NEW.cliente || '.'
        WHEN EXISTS (
            SELECT 1 FROM cobros_facturas AS linea JOIN facturas ON facturas.numero = linea.factura
            WHERE linea.recibo = NEW.recibo GROUP BY linea.factura HAVING sum(linea.valor) > facturas.saldo)
            THEN 'El valor aplicado supera el saldo de la factura.'
        END
    WHERE recibo = NEW.recibo;

    UPDATE numeracion SET ultimo = ultimo + 1
    WHERE tipo = 'COB' AND (SELECT motivo FROM cobros WHERE recibo = NEW.recibo) IS NULL;

    UPDATE cobros SET
        estado = iif(motivo IS NULL, 'CONTABILIZADO', 'RECHAZADO'),
        numero = iif(motivo IS NULL, printf('COB-%06d', (SELECT ultimo FROM numeracion WHERE tipo = 'COB')), NULL),
        procesado = strftime('%Y-%m-%dT%H:%M:%SZ', 'now')
    WHERE recibo = NEW.recibo;

    UPDATE facturas SET
        saldo = saldo - (SELECT sum(valor) FROM cobros_facturas WHERE recibo = NEW.recibo AND factura = facturas.numero),
        modificado = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    WHERE numero IN (SELECT factura FROM cobros_facturas WHERE recibo = NEW.recibo)
        AND (SELECT motivo FROM cobros WHERE recibo = NEW.recibo) IS NULL;

    INSERT INTO saldos_a_favor (recibo, cliente, valor)
    SELECT recibo, cliente, a_cuenta FROM cobros WHERE recibo = NEW.recibo AND motivo IS NULL AND a_cuenta > 0;

    INSERT INTO asientos (numero, cuenta, debe)
    SELECT cobros.numero, 'CAJA Y BANCOS ' || forma, sum(valor)
    FROM cobros_pagos JOIN cobros USING (recibo) WHERE recibo = NEW.recibo AND motivo IS NULL GROUP BY forma;

    INSERT INTO asientos (numero, cuenta, debe)
    SELECT cobros.numero, 'DIFERENCIAS EN COBROS', sum(valor)
    FROM cobros_facturas JOIN cobros USING (recibo)
    WHERE recibo = NEW.recibo AND motivo IS NULL AND tipo = 'DIFERENCIA' GROUP BY recibo;

    INSERT INTO asientos (numero, cuenta, haber)
    SELECT cobros.numero, 'CLIENTES', sum(valor)
    FROM cobros_facturas JOIN cobros USING (recibo) WHERE recibo = NEW.recibo AND motivo IS NULL GROUP BY recibo;

    INSERT INTO asientos (numero, cuenta, haber)
    SELECT numero, 'ANTICIPOS DE CLIENTES', a_cuenta
    FROM cobros WHERE recibo = NEW.recibo AND motivo IS NULL AND a_cuenta > 0;
END;

CREATE TRIGGER contabilizar_reverso AFTER UPDATE OF estado ON reversos WHEN NEW.estado = 'PROCESAR'
BEGIN
    UPDATE reversos SET motivo = CASE
        WHEN NOT EXISTS (SELECT 1 FROM cobros WHERE recibo = NEW.recibo AND estado = 'CONTABILIZADO')
            THEN 'El cobro ' || NEW.recibo || ' no está contabilizado.'
        WHEN (SELECT bloqueo FROM clientes WHERE codigo = NEW.cliente) IS NOT NULL
            THEN 'Cliente ' || NEW.cliente || ' bloqueado: '
                || (SELECT bloqueo FROM clientes WHERE codigo = NEW.cliente) || '.'
        WHEN (SELECT coalesce(sum(valor), 0) FROM reversos_facturas
              WHERE reverso = NEW.reverso AND tipo = 'PAGO') + NEW.a_cuenta <> NEW.total
            THEN 'Las facturas y el saldo a favor no suman el total del reverso.'
        WHEN NEW.a_cuenta > coalesce((SELECT valor FROM saldos_a_favor WHERE recibo = NEW.recibo), 0)
            THEN 'El saldo a favor del cobro ya fue utilizado.'
        WHEN EXISTS (
            SELECT 1 FROM reversos_facturas AS linea
            WHERE linea.reverso = NEW.reverso AND linea.valor
                + (SELECT coalesce(sum(antes.valor), 0) FROM reversos_facturas AS antes JOIN reversos USING (reverso)
                   WHERE reversos.recibo = NEW.recibo AND estado = 'CONTABILIZADO' AND antes.factura = linea.factura)
                > (SELECT coalesce(sum(valor), 0) FROM cobros_facturas
                   WHERE recibo = NEW.recibo AND factura = linea.factura))
            THEN 'El reverso supera lo cobrado de la factura.'
        END
    WHERE reverso = NEW.reverso;

    UPDATE numeracion SET ultimo = ultimo + 1
    WHERE tipo = 'REV' AND (SELECT motivo FROM reversos WHERE reverso = NEW.reverso) IS NULL;

    UPDATE reversos SET
        estado = iif(motivo IS NULL, 'CONTABILIZADO', 'RECHAZADO'),
        numero = iif(motivo IS NULL, printf('REV-%06d', (SELECT ultimo FROM numeracion WHERE tipo = 'REV')), NULL),
        procesado = strftime('%Y-%m-%dT%H:%M:%SZ', 'now')
    WHERE reverso = NEW.reverso;

    UPDATE facturas SET
        saldo = saldo + (SELECT sum(valor) FROM reversos_facturas WHERE reverso = NEW.reverso AND factura = facturas.numero),
        modificado = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    WHERE numero IN (SELECT factura FROM reversos_facturas WHERE reverso = NEW.reverso)
        AND (SELECT motivo FROM reversos WHERE reverso = NEW.reverso) IS NULL;

    UPDATE saldos_a_favor SET valor = valor - NEW.a_cuenta
    WHERE recibo = NEW.recibo AND (SELECT motivo FROM reversos WHERE reverso = NEW.reverso) IS NULL;

    INSERT INTO asientos (numero, cuenta, haber)
    SELECT reversos.numero, 'CAJA Y BANCOS ' || forma, sum(valor)
    FROM reversos_pagos JOIN reversos USING (reverso)
    WHERE reverso = NEW.reverso AND motivo IS NULL GROUP BY forma;

    INSERT INTO asientos (numero, cuenta, haber)
    SELECT reversos.numero, 'DIFERENCIAS EN COBROS', sum(valor)
    FROM reversos_facturas JOIN reversos USING (reverso)
    WHERE reverso = NEW.reverso AND motivo IS NULL AND tipo = 'DIFERENCIA' GROUP BY reverso;

    INSERT INTO asientos (numero, cuenta, debe)
    SELECT reversos.numero, 'CLIENTES', sum(valor)
    FROM reversos_facturas JOIN reversos USING (reverso)
    WHERE reverso = NEW.reverso AND motivo IS NULL GROUP BY reverso;

    INSERT INTO asientos (numero, cuenta, debe)
    SELECT numero, 'ANTICIPOS DE CLIENTES', a_cuenta
    FROM reversos WHERE reverso = NEW.reverso AND motivo IS NULL AND a_cuenta > 0;
END;
