#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# For an image of one's own, whose ECS agent may come with the multi-user target and know nothing of cloud-init: at each
# boot, before there is a network, it is told to wait for the mark. No order here: with one, an image whose cloud-final
# comes behind that target would wait for ever. Source: amazon-ecs-agent, packaging/generic-rpm-integrated.
mkdir -p /run/systemd/system/ecs.service.d
printf '[Unit]\nAssertPathExists=/run/hpcc-ready\n' >/run/systemd/system/ecs.service.d/hpcc.conf
systemctl daemon-reload
