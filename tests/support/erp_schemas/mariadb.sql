-- A small ERP on MariaDB: decimal money, instants without a zone, keys that ignore case, and procedures that
-- refuse by raising, so that nothing of what they refuse remains.

CREATE TABLE clientes (
    codigo VARCHAR(40) PRIMARY KEY,
    razon_social VARCHAR(120) NOT NULL,
    identificacion VARCHAR(40) NOT NULL UNIQUE,
    sucursal VARCHAR(60) NOT NULL,
    telefonos VARCHAR(60) NOT NULL,
    correo VARCHAR(120),
    direccion VARCHAR(120) NOT NULL,
    sector VARCHAR(60) NOT NULL,
    ciudad VARCHAR(60) NOT NULL,
    latitud DOUBLE,
    longitud DOUBLE,
    plazo_dias INT NOT NULL,
    observaciones VARCHAR(200) NOT NULL DEFAULT '',
    activo TINYINT(1) NOT NULL DEFAULT 1,
    bloqueo VARCHAR(120),
    modificado DATETIME(6) NOT NULL
);
CREATE TABLE cupos (cliente VARCHAR(40) PRIMARY KEY, cupo DECIMAL(14, 2) NOT NULL, modificado DATETIME(6) NOT NULL);
CREATE TABLE direcciones (
    codigo VARCHAR(40) PRIMARY KEY, cliente VARCHAR(40) NOT NULL, nombre VARCHAR(60) NOT NULL,
    direccion VARCHAR(120) NOT NULL, ciudad VARCHAR(60) NOT NULL, latitud DOUBLE, longitud DOUBLE,
    modificado DATETIME(6) NOT NULL
);
CREATE TABLE contactos (
    codigo VARCHAR(40) PRIMARY KEY, cliente VARCHAR(40) NOT NULL, nombre VARCHAR(60) NOT NULL,
    cargo VARCHAR(60) NOT NULL, telefonos VARCHAR(60) NOT NULL, correo VARCHAR(120), modificado DATETIME(6) NOT NULL
);
CREATE TABLE facturas (
    numero VARCHAR(40) PRIMARY KEY,
    cliente VARCHAR(40) NOT NULL,
    emision DATE NOT NULL,
    vencimiento DATE NOT NULL,
    total DECIMAL(14, 2) NOT NULL,
    saldo DECIMAL(14, 2) NOT NULL CHECK (saldo >= 0 AND saldo <= total),
    anulada TINYINT(1) NOT NULL DEFAULT 0,
    modificado DATETIME(6) NOT NULL,
    KEY por_cambio (modificado, numero),
    FOREIGN KEY (cliente) REFERENCES clientes (codigo)
);
CREATE TABLE cuotas (
    factura VARCHAR(40) NOT NULL, cuota INT NOT NULL, vencimiento DATE NOT NULL, valor DECIMAL(14, 2) NOT NULL,
    saldo DECIMAL(14, 2) NOT NULL, PRIMARY KEY (factura, cuota)
);
CREATE TABLE retenciones (
    numero VARCHAR(40) PRIMARY KEY, cliente VARCHAR(40) NOT NULL, factura VARCHAR(40) NOT NULL, fecha DATE NOT NULL,
    impuesto VARCHAR(20) NOT NULL, valor DECIMAL(14, 2) NOT NULL, estado VARCHAR(20) NOT NULL,
    modificado DATETIME(6) NOT NULL
);
CREATE TABLE notas_credito (
    numero VARCHAR(40) PRIMARY KEY, cliente VARCHAR(40) NOT NULL, factura VARCHAR(40), fecha DATE NOT NULL,
    total DECIMAL(14, 2) NOT NULL, saldo DECIMAL(14, 2) NOT NULL, modificado DATETIME(6) NOT NULL
);
CREATE TABLE ventas (
    cliente VARCHAR(40) NOT NULL, mes CHAR(7) NOT NULL, valor DECIMAL(14, 2) NOT NULL,
    modificado DATETIME(6) NOT NULL, PRIMARY KEY (cliente, mes)
);
CREATE TABLE metas (
    cobrador VARCHAR(40) NOT NULL, mes CHAR(7) NOT NULL, valor_mes DECIMAL(14, 2) NOT NULL,
    valor_dia DECIMAL(14, 2) NOT NULL, visitas_dia INT NOT NULL, efectivas_dia INT,
    modificado DATETIME(6) NOT NULL,
    PRIMARY KEY (cobrador, mes)
);
CREATE TABLE resultados (
    cobrador VARCHAR(40) NOT NULL, mes CHAR(7) NOT NULL, ventas DECIMAL(14, 2), numero_ventas INT, pedidos DECIMAL(14, 2),
    numero_pedidos INT, modificado DATETIME(6) NOT NULL, PRIMARY KEY (cobrador, mes)
);

CREATE TABLE bajas (
    tabla VARCHAR(40) NOT NULL, clave VARCHAR(40) NOT NULL, modificado DATETIME(6) NOT NULL,
    PRIMARY KEY (tabla, clave)
);
CREATE TRIGGER baja_de_factura AFTER DELETE ON facturas FOR EACH ROW
    REPLACE INTO bajas VALUES ('facturas', OLD.numero, SYSDATE(6));

CREATE TABLE numeracion (tipo VARCHAR(3) PRIMARY KEY, ultimo BIGINT NOT NULL);
INSERT INTO numeracion VALUES ('COB', 0), ('REV', 0);

CREATE TABLE cobros (
    recibo VARCHAR(80) PRIMARY KEY, numero_recibo VARCHAR(40) NOT NULL, cliente VARCHAR(40) NOT NULL,
    cobrador VARCHAR(40) NOT NULL, creado DATETIME NOT NULL, fecha DATE NOT NULL, moneda CHAR(3) NOT NULL,
    total DECIMAL(14, 2) NOT NULL, a_cuenta DECIMAL(14, 2) NOT NULL, numero VARCHAR(20) UNIQUE, procesado DATETIME
);
CREATE TABLE cobros_pagos (
    recibo VARCHAR(80) NOT NULL, linea INT NOT NULL, forma VARCHAR(20) NOT NULL,
    valor DECIMAL(14, 2) NOT NULL CHECK (valor > 0), banco VARCHAR(60), referencia VARCHAR(60), fecha_cheque DATE,
    PRIMARY KEY (recibo, linea)
);
CREATE TABLE cobros_facturas (
    recibo VARCHAR(80) NOT NULL, linea INT NOT NULL, factura VARCHAR(40) NOT NULL,
    valor DECIMAL(14, 2) NOT NULL CHECK (valor > 0), tipo VARCHAR(10) NOT NULL DEFAULT 'PAGO',
    PRIMARY KEY (recibo, linea), KEY por_factura (factura)
);
CREATE TABLE reversos (
    reverso VARCHAR(80) PRIMARY KEY, recibo VARCHAR(80) NOT NULL, clase VARCHAR(20) NOT NULL,
    causa VARCHAR(200) NOT NULL, cliente VARCHAR(40) NOT NULL, fecha DATE NOT NULL, moneda CHAR(3) NOT NULL,
    total DECIMAL(14, 2) NOT NULL, a_cuenta DECIMAL(14, 2) NOT NULL, numero VARCHAR(20) UNIQUE, procesado DATETIME,
    KEY por_recibo (recibo)
);
CREATE TABLE reversos_pagos (
    reverso VARCHAR(80) NOT NULL, linea INT NOT NULL, forma VARCHAR(20) NOT NULL,
    valor DECIMAL(14, 2) NOT NULL CHECK (valor > 0), PRIMARY KEY (reverso, linea)
);
CREATE TABLE reversos_facturas (
    reverso VARCHAR(80) NOT NULL, linea INT NOT NULL, factura VARCHAR(40) NOT NULL,
    valor DECIMAL(14, 2) NOT NULL CHECK (valor > 0), tipo VARCHAR(10) NOT NULL DEFAULT 'PAGO',
    PRIMARY KEY (reverso, linea), KEY por_factura (factura)
);
CREATE TABLE saldos_a_favor (
    recibo VARCHAR(80) PRIMARY KEY, cliente VARCHAR(40) NOT NULL, valor DECIMAL(14, 2) NOT NULL CHECK (valor >= 0)
);
CREATE TABLE asientos (
    numero VARCHAR(20) NOT NULL, cuenta VARCHAR(60) NOT NULL, debe DECIMAL(14, 2) NOT NULL DEFAULT 0,
    haber DECIMAL(14, 2) NOT NULL DEFAULT 0, KEY por_numero (numero)
);

DELIMITER //
CREATE PROCEDURE negar(IN motivo VARCHAR(120))
BEGIN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = motivo;
END //

CREATE PROCEDURE contabilizar_cobro(IN el_recibo VARCHAR(80))
BEGIN
    DECLARE el_cliente VARCHAR(40);
    DECLARE el_total, el_saldo DECIMAL(14, 2);
    DECLARE el_bloqueo VARCHAR(120);
    DECLARE el_numero VARCHAR(20);

    -- One collection at a time: the row of the numbering is the ERP's own lock.
    UPDATE numeracion SET ultimo = ultimo + 1 WHERE tipo = 'COB';
    SELECT CONCAT('COB-', LPAD(ultimo, 6, '0')) INTO el_numero FROM numeracion WHERE tipo = 'COB';
    SELECT cliente, total, a_cuenta INTO el_cliente, el_total, el_saldo FROM cobros WHERE recibo = el_recibo;
    IF NOT EXISTS (SELECT 1 FROM clientes WHERE codigo = el_cliente) THEN
        CALL negar(CONCAT('El cliente ', el_cliente, ' no existe.'));
    END IF;
    SELECT bloqueo INTO el_bloqueo FROM clientes WHERE codigo = el_cliente;
    IF el_bloqueo IS NOT NULL THEN
        CALL negar(CONCAT('Cliente ', el_cliente, ' bloqueado: ', el_bloqueo, '.'));
    END IF;
    IF (SELECT COALESCE(SUM(valor), 0) FROM cobros_pagos WHERE recibo = el_recibo) <> el_total THEN
        CALL negar('Los medios de pago no suman el total del cobro.');
    END IF;
    IF (SELECT COALESCE(SUM(valor), 0) FROM cobros_facturas WHERE recibo = el_recibo AND tipo = 'PAGO') + el_saldo
            <> el_total THEN
        CALL negar('Las facturas y el saldo a favor no suman el total del cobro.');
    END IF;
    IF EXISTS (SELECT 1 FROM cobros_facturas AS linea LEFT JOIN facturas ON facturas.numero = linea.factura
               WHERE linea.recibo = el_recibo AND (facturas.numero IS NULL OR facturas.cliente <> el_cliente OR anulada))
    THEN
        CALL negar('Una de las facturas está anulada o no pertenece al cliente.');
    END IF;
    IF EXISTS (SELECT 1 FROM cobros_facturas AS linea JOIN facturas ON facturas.numero = linea.factura
               WHERE linea.recibo = el_recibo GROUP BY facturas.numero, saldo HAVING SUM(linea.valor) > saldo)
    THEN
        CALL negar('El valor aplicado supera el saldo de la factura.');
    END IF;

    UPDATE cobros SET numero = el_numero, procesado = SYSDATE() WHERE recibo = el_recibo;
    UPDATE facturas JOIN (SELECT factura, SUM(valor) AS valor FROM cobros_facturas
                          WHERE recibo = el_recibo GROUP BY factura) AS aplicado ON numero = aplicado.factura
    SET saldo = saldo - aplicado.valor, modificado = SYSDATE(6);
    INSERT INTO saldos_a_favor SELECT el_recibo, el_cliente, el_saldo FROM DUAL WHERE el_saldo > 0;
    INSERT INTO asientos (numero, cuenta, debe)
    SELECT el_numero, CONCAT('CAJA Y BANCOS ', forma), SUM(valor) FROM cobros_pagos
    WHERE recibo = el_recibo GROUP BY forma;
    INSERT INTO asientos (numero, cuenta, debe)
    SELECT el_numero, 'DIFERENCIAS EN COBROS', SUM(valor) FROM cobros_facturas
    WHERE recibo = el_recibo AND tipo = 'DIFERENCIA' HAVING SUM(valor) > 0;
    INSERT INTO asientos (numero, cuenta, haber)
    SELECT el_numero, 'CLIENTES', SUM(valor) FROM cobros_facturas WHERE recibo = el_recibo HAVING SUM(valor) > 0;
    INSERT INTO asientos (numero, cuenta, haber)
    SELECT el_numero, 'ANTICIPOS DE CLIENTES', el_saldo FROM DUAL WHERE el_saldo > 0;
END //

CREATE PROCEDURE contabilizar_reverso(IN el_reverso VARCHAR(80))
BEGIN
    DECLARE el_recibo VARCHAR(80);
    DECLARE el_cliente VARCHAR(40);
    DECLARE el_total, el_saldo DECIMAL(14, 2);
    DECLARE el_bloqueo VARCHAR(120);
    DECLARE el_numero VARCHAR(20);

    UPDATE numeracion SET ultimo = ultimo + 1 WHERE tipo = 'REV';
    SELECT CONCAT('REV-', LPAD(ultimo, 6, '0')) INTO el_numero FROM numeracion WHERE tipo = 'REV';
    SELECT recibo, cliente, total, a_cuenta INTO el_recibo, el_cliente, el_total, el_saldo
    FROM reversos WHERE reverso = el_reverso;
    IF NOT EXISTS (SELECT 1 FROM cobros WHERE recibo = el_recibo AND numero IS NOT NULL) THEN
        CALL negar(CONCAT('El cobro ', el_recibo, ' no está contabilizado.'));
    END IF;
    SELECT bloqueo INTO el_bloqueo FROM clientes WHERE codigo = el_cliente;
    IF el_bloqueo IS NOT NULL THEN
        CALL negar(CONCAT('Cliente ', el_cliente, ' bloqueado: ', el_bloqueo, '.'));
    END IF;
    IF (SELECT COALESCE(SUM(valor), 0) FROM reversos_facturas WHERE reverso = el_reverso AND tipo = 'PAGO') + el_saldo
            <> el_total THEN
        CALL negar('Las facturas y el saldo a favor no suman el total del reverso.');
    END IF;
    IF el_saldo > COALESCE((SELECT valor FROM saldos_a_favor WHERE recibo = el_recibo), 0) THEN
        CALL negar('El saldo a favor del cobro ya fue utilizado.');
    END IF;
    IF EXISTS (
        SELECT 1 FROM reversos_facturas AS linea
        WHERE linea.reverso = el_reverso AND linea.valor
            + (SELECT COALESCE(SUM(antes.valor), 0) FROM reversos_facturas AS antes JOIN reversos USING (reverso)
               WHERE reversos.recibo = el_recibo AND numero IS NOT NULL AND antes.factura = linea.factura)
            > (SELECT COALESCE(SUM(valor), 0) FROM cobros_facturas
               WHERE recibo = el_recibo AND factura = linea.factura))
    THEN
        CALL negar('El reverso supera lo cobrado de la factura.');
    END IF;

    UPDATE reversos SET numero = el_numero, procesado = SYSDATE() WHERE reverso = el_reverso;
    UPDATE facturas JOIN (SELECT factura, SUM(valor) AS valor FROM reversos_facturas
                          WHERE reverso = el_reverso GROUP BY factura) AS aplicado ON numero = aplicado.factura
    SET saldo = saldo + aplicado.valor, modificado = SYSDATE(6);
    UPDATE saldos_a_favor SET valor = valor - el_saldo WHERE recibo = el_recibo;
    INSERT INTO asientos (numero, cuenta, haber)
    SELECT el_numero, CONCAT('CAJA Y BANCOS ', forma), SUM(valor) FROM reversos_pagos
    WHERE reverso = el_reverso GROUP BY forma;
    INSERT INTO asientos (numero, cuenta, haber)
    SELECT el_numero, 'DIFERENCIAS EN COBROS', SUM(valor) FROM reversos_facturas
    WHERE reverso = el_reverso AND tipo = 'DIFERENCIA' HAVING SUM(valor) > 0;
    INSERT INTO asientos (numero, cuenta, debe)
    SELECT el_numero, 'CLIENTES', SUM(valor) FROM reversos_facturas WHERE reverso = el_reverso HAVING SUM(valor) > 0;
    INSERT INTO asientos (numero, cuenta, debe)
    SELECT el_numero, 'ANTICIPOS DE CLIENTES', el_saldo FROM DUAL WHERE el_saldo > 0;
END //
DELIMITER ;
