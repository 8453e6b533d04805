"""Mail that leaves the house.

Written in `messages`, handed to a server in `smtp`, through the port of `port`.
"""
