"""What is printed or shared with a customer, made from the same code on the phone and on the server."""
