"""A village that trades for a day: its homes, how they bid, the day on a chain, its books and its checks.

Behind `energyctl demo`. Only `synthetic`, which draws the homes, needs the packages of the extra `demo`.
"""
