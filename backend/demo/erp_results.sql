-- What advisers sold: also made in a demo ERP of an earlier day, which has none.
CREATE TABLE IF NOT EXISTS resultados (
    cobrador TEXT NOT NULL,
    mes TEXT NOT NULL,
    ventas INTEGER,
    numero_ventas INTEGER,
    pedidos INTEGER,
    numero_pedidos INTEGER,
    modificado TEXT NOT NULL,
    PRIMARY KEY (cobrador, mes)
) STRICT;
