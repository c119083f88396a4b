"""The appliance: the only package that knows all the others. Nobody imports it.

``app`` puts the parts together, ``hub`` runs them, ``reducer`` decides, ``screens`` and ``lights`` draw; ``engine`` is
a process of its own, joined to the hub by ``link``. Start reading in ``app``.
"""
