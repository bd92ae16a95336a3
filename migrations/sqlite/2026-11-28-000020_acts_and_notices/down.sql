-- Takes acts and notices away again.
DROP TABLE notice_recipients;
DROP TABLE notices;
DROP TABLE acts;
