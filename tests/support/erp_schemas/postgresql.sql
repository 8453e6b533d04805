-- A small ERP on PostgreSQL: decimal money, instants with a zone, and a function that takes or refuses what
-- was staged and keeps its refusals.

CREATE TABLE clientes (
    codigo text PRIMARY KEY,
    razon_social text NOT NULL,
    identificacion text NOT NULL UNIQUE,
    sucursal text NOT NULL,
    telefonos text NOT NULL,
    correo text,
    direccion text NOT NULL,
    sector text NOT NULL,
    ciudad text NOT NULL,
    latitud double precision,
    longitud double precision,
    plazo_dias integer NOT NULL,
    observaciones text NOT NULL DEFAULT '',
    activo boolean NOT NULL DEFAULT true,
    bloqueo text,
    modificado timestamptz NOT NULL
);
CREATE TABLE cupos (cliente text PRIMARY KEY, cupo numeric(14, 2) NOT NULL, modificado timestamptz NOT NULL);
CREATE TABLE direcciones (
    codigo text PRIMARY KEY, cliente text NOT NULL, nombre text NOT NULL, direccion text NOT NULL,
    ciudad text NOT NULL, latitud double precision, longitud double precision, modificado timestamptz NOT NULL
);
CREATE TABLE contactos (
    codigo text PRIMARY KEY, cliente text NOT NULL, nombre text NOT NULL, cargo text NOT NULL,
    telefonos text NOT NULL, correo text, modificado timestamptz NOT NULL
);
CREATE TABLE facturas (
    numero text PRIMARY KEY,
    cliente text NOT NULL REFERENCES clientes (codigo),
    emision date NOT NULL,
    vencimiento date,
    total numeric(14, 2) NOT NULL,
    saldo numeric(14, 2) NOT NULL CHECK (saldo BETWEEN 0 AND total),
    anulada boolean NOT NULL DEFAULT false,
    modificado timestamptz NOT NULL
);
CREATE TABLE cuotas (
    factura text NOT NULL REFERENCES facturas (numero) ON DELETE CASCADE, cuota integer NOT NULL,
    vencimiento date NOT NULL, valor numeric(14, 2) NOT NULL, saldo numeric(14, 2) NOT NULL,
    PRIMARY KEY (factura, cuota)
);
CREATE TABLE retenciones (
    numero text PRIMARY KEY, cliente text NOT NULL, factura text NOT NULL, fecha date NOT NULL,
    impuesto text NOT NULL, valor numeric(14, 2) NOT NULL, estado text NOT NULL, modificado timestamptz NOT NULL
);
CREATE TABLE notas_credito (
    numero text PRIMARY KEY, cliente text NOT NULL, factura text, fecha date NOT NULL,
    total numeric(14, 2) NOT NULL, saldo numeric(14, 2) NOT NULL, modificado timestamptz NOT NULL
);
CREATE TABLE ventas (
    cliente text NOT NULL, mes text NOT NULL, valor numeric(14, 2) NOT NULL, modificado timestamptz NOT NULL,
    PRIMARY KEY (cliente, mes)
);
CREATE TABLE metas (
    cobrador text NOT NULL, mes text NOT NULL, valor_mes numeric(14, 2) NOT NULL,
    valor_dia numeric(14, 2) NOT NULL, visitas_dia integer NOT NULL, efectivas_dia integer,
    modificado timestamptz NOT NULL,
    PRIMARY KEY (cobrador, mes)
);
CREATE TABLE resultados (
    cobrador text NOT NULL, mes text NOT NULL, ventas numeric(14, 2), numero_ventas integer, pedidos numeric(14, 2),
    numero_pedidos integer, modificado timestamptz NOT NULL, PRIMARY KEY (cobrador, mes)
);

CREATE TABLE bajas (
    tabla text NOT NULL, clave text NOT NULL, modificado timestamptz NOT NULL, PRIMARY KEY (tabla, clave)
);
CREATE FUNCTION anotar_baja() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO bajas VALUES ('facturas', OLD.numero, clock_timestamp())
    ON CONFLICT (tabla, clave) DO UPDATE SET modificado = excluded.modificado;
    RETURN OLD;
END $$;
CREATE TRIGGER baja_de_factura AFTER DELETE ON facturas FOR EACH ROW EXECUTE FUNCTION anotar_baja();

CREATE TABLE numeracion (tipo text PRIMARY KEY, ultimo bigint NOT NULL);
INSERT INTO numeracion VALUES ('COB', 0), ('REV', 0);

CREATE TABLE cobros (
    recibo text PRIMARY KEY, numero_recibo text NOT NULL, cliente text NOT NULL, cobrador text NOT NULL,
    creado timestamptz NOT NULL, fecha date NOT NULL, moneda text NOT NULL, total numeric(14, 2) NOT NULL,
    a_cuenta numeric(14, 2) NOT NULL, estado text NOT NULL DEFAULT 'NUEVO', numero text UNIQUE, motivo text,
    procesado timestamptz
);
CREATE TABLE cobros_pagos (
    recibo text NOT NULL REFERENCES cobros (recibo) ON DELETE CASCADE, linea integer NOT NULL,
    forma text NOT NULL, valor numeric(14, 2) NOT NULL CHECK (valor > 0), banco text, referencia text,
    fecha_cheque date, PRIMARY KEY (recibo, linea)
);
CREATE TABLE cobros_facturas (
    recibo text NOT NULL REFERENCES cobros (recibo) ON DELETE CASCADE, linea integer NOT NULL,
    factura text NOT NULL, valor numeric(14, 2) NOT NULL CHECK (valor > 0), tipo text NOT NULL DEFAULT 'PAGO',
    PRIMARY KEY (recibo, linea)
);
CREATE INDEX ON cobros_facturas (factura);
CREATE TABLE reversos (
    reverso text PRIMARY KEY, recibo text NOT NULL, clase text NOT NULL, causa text NOT NULL,
    cliente text NOT NULL, fecha date NOT NULL, moneda text NOT NULL, total numeric(14, 2) NOT NULL,
    a_cuenta numeric(14, 2) NOT NULL, estado text NOT NULL DEFAULT 'NUEVO', numero text UNIQUE, motivo text,
    procesado timestamptz
);
CREATE TABLE reversos_pagos (
    reverso text NOT NULL REFERENCES reversos (reverso) ON DELETE CASCADE, linea integer NOT NULL,
    forma text NOT NULL, valor numeric(14, 2) NOT NULL CHECK (valor > 0), PRIMARY KEY (reverso, linea)
);
CREATE TABLE reversos_facturas (
    reverso text NOT NULL REFERENCES reversos (reverso) ON DELETE CASCADE, linea integer NOT NULL,
    factura text NOT NULL, valor numeric(14, 2) NOT NULL CHECK (valor > 0), tipo text NOT NULL DEFAULT 'PAGO',
    PRIMARY KEY (reverso, linea)
);
CREATE INDEX ON reversos_facturas (factura);
CREATE TABLE saldos_a_favor (
    recibo text PRIMARY KEY, cliente text NOT NULL, valor numeric(14, 2) NOT NULL CHECK (valor >= 0)
);
CREATE TABLE asientos (
    numero text NOT NULL, cuenta text NOT NULL, debe numeric(14, 2) NOT NULL DEFAULT 0,
    haber numeric(14, 2) NOT NULL DEFAULT 0
);
CREATE INDEX ON asientos (numero);
CREATE INDEX ON facturas (modificado, numero);

CREATE FUNCTION contabilizar_cobro(el_recibo text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    cobro cobros%ROWTYPE;
    impedimento text;
    asiento text;
BEGIN
    SELECT * INTO cobro FROM cobros WHERE recibo = el_recibo FOR UPDATE;
    PERFORM 1 FROM facturas WHERE numero IN (SELECT factura FROM cobros_facturas WHERE recibo = el_recibo)
    ORDER BY numero FOR UPDATE;

    impedimento := CASE
        WHEN NOT EXISTS (SELECT 1 FROM clientes WHERE codigo = cobro.cliente)
            THEN format('El cliente %s no existe.', cobro.cliente)
        WHEN (SELECT bloqueo FROM clientes WHERE codigo = cobro.cliente) IS NOT NULL
            THEN format('Cliente %s bloqueado: %s.', cobro.cliente,
                        (SELECT bloqueo FROM clientes WHERE codigo = cobro.cliente))
        WHEN (SELECT coalesce(sum(valor), 0) FROM cobros_pagos WHERE recibo = el_recibo) <> cobro.total
            THEN 'Los medios de pago no suman el total del cobro.'
        WHEN (SELECT coalesce(sum(valor), 0) FROM cobros_facturas WHERE recibo = el_recibo AND tipo = 'PAGO')
                + cobro.a_cuenta <> cobro.total
            THEN 'Las facturas y el saldo a favor no suman el total del cobro.'
        WHEN EXISTS (
            SELECT 1 FROM cobros_facturas AS linea LEFT JOIN facturas ON facturas.numero = linea.factura
            WHERE linea.recibo = el_recibo AND (facturas.cliente IS DISTINCT FROM cobro.cliente OR anulada))
            THEN format('Una de las facturas está anulada o no pertenece al cliente %s.', cobro.cliente)
        WHEN EXISTS (
            SELECT 1 FROM cobros_facturas AS linea JOIN facturas ON facturas.numero = linea.factura
            WHERE linea.recibo = el_recibo GROUP BY linea.factura, saldo HAVING sum(linea.valor) > saldo)
            THEN 'El valor aplicado supera el saldo de la factura.'
        END;
    IF impedimento IS NOT NULL THEN
        UPDATE cobros SET estado = 'RECHAZADO', motivo = impedimento, procesado = clock_timestamp()
        WHERE recibo = el_recibo;
        RETURN;
    END IF;

    UPDATE numeracion SET ultimo = ultimo + 1 WHERE tipo = 'COB'
    RETURNING format('COB-%s', lpad(ultimo::text, 6, '0')) INTO asiento;
    UPDATE cobros SET estado = 'CONTABILIZADO', numero = asiento, procesado = clock_timestamp()
    WHERE recibo = el_recibo;
    UPDATE facturas SET saldo = saldo - aplicado.valor, modificado = clock_timestamp()
    FROM (SELECT factura, sum(valor) AS valor FROM cobros_facturas WHERE recibo = el_recibo GROUP BY factura) AS aplicado
    WHERE numero = aplicado.factura;
    INSERT INTO saldos_a_favor SELECT el_recibo, cobro.cliente, cobro.a_cuenta WHERE cobro.a_cuenta > 0;
    INSERT INTO asientos (numero, cuenta, debe)
    SELECT asiento, 'CAJA Y BANCOS ' || forma, sum(valor) FROM cobros_pagos WHERE recibo = el_recibo GROUP BY forma;
    INSERT INTO asientos (numero, cuenta, debe)
    SELECT asiento, 'DIFERENCIAS EN COBROS', sum(valor) FROM cobros_facturas
    WHERE recibo = el_recibo AND tipo = 'DIFERENCIA' HAVING sum(valor) > 0;
    INSERT INTO asientos (numero, cuenta, haber)
    SELECT asiento, 'CLIENTES', sum(valor) FROM cobros_facturas WHERE recibo = el_recibo HAVING sum(valor) > 0;
    INSERT INTO asientos (numero, cuenta, haber)
    SELECT asiento, 'ANTICIPOS DE CLIENTES', cobro.a_cuenta WHERE cobro.a_cuenta > 0;
END $$;

CREATE FUNCTION contabilizar_reverso(el_reverso text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    reversion reversos%ROWTYPE;
    impedimento text;
    asiento text;
BEGIN
    SELECT * INTO reversion FROM reversos WHERE reverso = el_reverso FOR UPDATE;
    PERFORM 1 FROM cobros WHERE recibo = reversion.recibo FOR UPDATE;

    impedimento := CASE
        WHEN NOT EXISTS (SELECT 1 FROM cobros WHERE recibo = reversion.recibo AND estado = 'CONTABILIZADO')
            THEN format('El cobro %s no está contabilizado.', reversion.recibo)
        WHEN (SELECT bloqueo FROM clientes WHERE codigo = reversion.cliente) IS NOT NULL
            THEN format('Cliente %s bloqueado: %s.', reversion.cliente,
                        (SELECT bloqueo FROM clientes WHERE codigo = reversion.cliente))
        WHEN (SELECT coalesce(sum(valor), 0) FROM reversos_facturas
              WHERE reverso = el_reverso AND tipo = 'PAGO') + reversion.a_cuenta <> reversion.total
            THEN 'Las facturas y el saldo a favor no suman el total del reverso.'
        WHEN reversion.a_cuenta > coalesce((SELECT valor FROM saldos_a_favor WHERE recibo = reversion.recibo), 0)
            THEN 'El saldo a favor del cobro ya fue utilizado.'
        WHEN EXISTS (
            SELECT 1 FROM reversos_facturas AS linea
            WHERE linea.reverso = el_reverso AND linea.valor
                + (SELECT coalesce(sum(antes.valor), 0) FROM reversos_facturas AS antes JOIN reversos USING (reverso)
                   WHERE reversos.recibo = reversion.recibo AND estado = 'CONTABILIZADO'
                       AND antes.factura = linea.factura)
                > (SELECT coalesce(sum(valor), 0) FROM cobros_facturas
                   WHERE recibo = reversion.recibo AND factura = linea.factura))
            THEN 'El reverso supera lo cobrado de la factura.'
        END;
    IF impedimento IS NOT NULL THEN
        UPDATE reversos SET estado = 'RECHAZADO', motivo = impedimento, procesado = clock_timestamp()
        WHERE reverso = el_reverso;
        RETURN;
    END IF;

    UPDATE numeracion SET ultimo = ultimo + 1 WHERE tipo = 'REV'
    RETURNING format('REV-%s', lpad(ultimo::text, 6, '0')) INTO asiento;
    UPDATE reversos SET estado = 'CONTABILIZADO', numero = asiento, procesado = clock_timestamp()
    WHERE reverso = el_reverso;
    UPDATE facturas SET saldo = saldo + aplicado.valor, modificado = clock_timestamp()
    FROM (SELECT factura, sum(valor) AS valor FROM reversos_facturas WHERE reverso = el_reverso GROUP BY factura) AS aplicado
    WHERE numero = aplicado.factura;
    UPDATE saldos_a_favor SET valor = valor - reversion.a_cuenta WHERE recibo = reversion.recibo;
    INSERT INTO asientos (numero, cuenta, haber)
    SELECT asiento, 'CAJA Y BANCOS ' || forma, sum(valor) FROM reversos_pagos WHERE reverso = el_reverso GROUP BY forma;
    INSERT INTO asientos (numero, cuenta, haber)
    SELECT asiento, 'DIFERENCIAS EN COBROS', sum(valor) FROM reversos_facturas
    WHERE reverso = el_reverso AND tipo = 'DIFERENCIA' HAVING sum(valor) > 0;
    INSERT INTO asientos (numero, cuenta, debe)
    SELECT asiento, 'CLIENTES', sum(valor) FROM reversos_facturas WHERE reverso = el_reverso HAVING sum(valor) > 0;
    INSERT INTO asientos (numero, cuenta, debe)
    SELECT asiento, 'ANTICIPOS DE CLIENTES', reversion.a_cuenta WHERE reversion.a_cuenta > 0;
END $$;
